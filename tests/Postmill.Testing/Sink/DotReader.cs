using System.Buffers;

namespace Postmill.Testing.Sink;

/// <summary>
/// Takes dot-stuffing off, RFC 5321 §4.5.2. Only CR LF ends a line and only CR LF . CR LF ends the mail; every other byte is kept as it is, bare CR and LF among them.
/// </summary>
public sealed class DotReader
{
    private State _state = State.LineStart;

    private enum State { LineStart, Dot, DotCr, Middle, Cr, End }

    /// <summary>The mail has ended; what follows in the input is not its own.</summary>
    public bool IsOver => _state == State.End;

    /// <returns>How many bytes belong to the mail.</returns>
    public int Feed(ReadOnlySpan<byte> input, ArrayBufferWriter<byte> mail)
    {
        var at = 0;
        while (at < input.Length && _state != State.End)
        {
            if (_state == State.Middle)
            {
                var run = input[at..].IndexOf((byte)'\r');
                if (run < 0) run = input.Length - at;
                mail.Write(input.Slice(at, run));
                at += run;
                if (at == input.Length) break;
            }

            Take(input[at++], mail);
        }

        return at;
    }

    private void Take(byte b, ArrayBufferWriter<byte> mail)
    {
        switch (_state)
        {
            case State.LineStart when b == '.':
                _state = State.Dot;
                return;
            case State.Dot when b == '\r':
                _state = State.DotCr;
                return;
            case State.DotCr when b == '\n':
                _state = State.End;
                return;
            case State.DotCr:
                // The dot was stuffing after all, and its line begins with a bare CR.
                mail.Write("\r"u8);
                _state = State.Cr;
                break;
            default:
                break;
        }

        mail.Write([b]);
        _state = b == '\r' ? State.Cr : b == '\n' && _state == State.Cr ? State.LineStart : State.Middle;
    }
}
