using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages;

/// <summary>
/// A <c>tsvector</c> in the binary form that PostgreSQL receives (<c>tsvectorrecv</c>): made here, because its own parser is several times slower and knows no script
/// without blanks. One instance serves mail after mail.
/// </summary>
internal sealed class SearchVector
{
    /// <summary>
    /// Moves when words are cut, weighed or read otherwise, or parts decode otherwise: what is stored below it is then made anew
    /// (<see cref="Reindexing.SearchReindex"/>).
    /// </summary>
    public const short Version = 3;

    private const int MostAddresses = 500; // a mail to 50,000 recipients is found by the first of them
    private const int MostPosition = 16_383;            // 14 bits, PostgreSQL's own
    private const int MostBytes = 512 * 1024;           // of lexemes; PostgreSQL refuses more than 1 MiB with positions
    private const int MostPositionsPerWord = 250;       // PostgreSQL keeps 255
    // Of the four weights that there are each says where a word stands (TsQueries asks by them).
    private const ushort Subject = 3 << 14, From = 2 << 14, To = 1 << 14, Text = 0;

    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<Word> _entries = [];
    private readonly List<(ushort Place, int Next)> _places = [];
    private readonly ArrayBufferWriter<byte> _wire = new(64 * 1024);
    private int _position, _bytes;
    private ushort _weight;

    public SearchVector() => _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// Valid until the next call. Words of the subject weigh A, of the sender B, of the recipients C, of the text and the file names D; each address also stands whole.
    /// </summary>
    public ReadOnlyMemory<byte> Of(string? subject, IEnumerable<MailAddressValue> from, IEnumerable<MailAddressValue> to, string text)
    {
        Clear();
        _weight = Subject;
        Cut(subject ?? "");
        Step(); // no phrase reaches from one field into the next
        _weight = From;
        foreach (var address in from.Take(MostAddresses)) Add(address);
        _weight = To;
        foreach (var address in to.Take(MostAddresses)) Add(address);
        _weight = Text;
        Cut(text);
        return Write();
    }

    private void Add(MailAddressValue address)
    {
        Cut(address.Name ?? "");
        Step();
        var first = _position;
        Cut(address.Email);
        Step();
        if (SearchAddress.Of(address.Email) is not { } whole) return;
        // Beside its first word: the words keep their neighbours.
        var last = _position;
        _position = first;
        Add(whole);
        _position = last;
    }

    private void Cut(string text) => SearchWords.Visit(text, this, static (word, _, vector) => vector.Add(word));

    private bool Add(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty) return true;
        Step();
        if (!_lookup.TryGetValue(word, out var at))
        {
            _bytes += Encoding.UTF8.GetByteCount(word) + 4;
            if (_bytes > MostBytes) return false;
            at = _entries.Count;
            _entries.Add(new Word(word.ToString()));
            _words.Add(_entries[at].Text, at);
        }

        AddPlace(at);
        return true;
    }

    /// <summary>Positions end at the 14 bits that there are; what comes after shares the last.</summary>
    private void Step()
    {
        if (_position < MostPosition) _position++;
    }

    private void AddPlace(int at)
    {
        var entry = _entries[at];
        if (entry.Count >= MostPositionsPerWord || (entry.Count > 0 && (_places[entry.Last].Place & MostPosition) >= _position)) return;
        var place = _places.Count;
        _places.Add(((ushort)(_weight | _position), -1));
        if (entry.Count == 0) entry = entry with { First = place };
        else _places[entry.Last] = _places[entry.Last] with { Next = place };
        _entries[at] = entry with { Last = place, Count = entry.Count + 1 };
    }

    private ReadOnlyMemory<byte> Write()
    {
        BinaryPrimitives.WriteInt32BigEndian(_wire.GetSpan(4), _entries.Count);
        _wire.Advance(4);
        foreach (var entry in _entries)
        {
            var span = _wire.GetSpan((entry.Text.Length * 3) + 3 + (entry.Count * 2));
            var at = Encoding.UTF8.GetBytes(entry.Text, span);
            span[at++] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(span[at..], (ushort)entry.Count);
            at += 2;
            for (var place = entry.First; place >= 0 && entry.Count > 0; place = _places[place].Next, at += 2)
                BinaryPrimitives.WriteUInt16BigEndian(span[at..], _places[place].Place);
            _wire.Advance(at);
        }

        return _wire.WrittenMemory;
    }

    private void Clear()
    {
        _words.Clear();
        _entries.Clear();
        _places.Clear();
        _wire.ResetWrittenCount();
        _position = _bytes = 0;
    }

    private readonly record struct Word(string Text, int First = -1, int Last = -1, int Count = 0);
}
