using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Reflection;

namespace Granary.Codec;

/// <summary>The collections that may travel in calls, and how each is made from its items.</summary>
internal static class Collections
{
    private static readonly Dictionary<Type, string> Makers = new()
    {
        [typeof(List<>)] = nameof(List),
        [typeof(IEnumerable<>)] = nameof(AnyList),
        [typeof(ICollection<>)] = nameof(AnyList),
        [typeof(IList<>)] = nameof(AnyList),
        [typeof(IReadOnlyCollection<>)] = nameof(AnyList),
        [typeof(IReadOnlyList<>)] = nameof(AnyList),
        [typeof(ReadOnlyCollection<>)] = nameof(ReadOnly),
        [typeof(Queue<>)] = nameof(Queue),
        [typeof(HashSet<>)] = nameof(HashSet),
        [typeof(ISet<>)] = nameof(AnySet),
        [typeof(IReadOnlySet<>)] = nameof(AnySet),
        [typeof(ImmutableArray<>)] = nameof(ImmutableArray),
        [typeof(ImmutableList<>)] = nameof(ImmutableList),
        [typeof(ImmutableHashSet<>)] = nameof(ImmutableHashSet),
        [typeof(Dictionary<,>)] = nameof(Dictionary),
        [typeof(IDictionary<,>)] = nameof(AnyDictionary),
        [typeof(IReadOnlyDictionary<,>)] = nameof(AnyDictionary),
        [typeof(SortedDictionary<,>)] = nameof(SortedDictionary),
        [typeof(ImmutableDictionary<,>)] = nameof(ImmutableDictionary),
    };

    /// <summary>The codec of a collection type, or null when it is none.</summary>
    public static ValueCodec? Build(Type type, Func<Type, ValueCodec> codecOf)
    {
        if (!type.IsGenericType || !Makers.TryGetValue(type.GetGenericTypeDefinition(), out var maker)) return null;
        var arguments = type.GetGenericArguments();
        var item = arguments.Length == 1 ? arguments[0] : typeof(KeyValuePair<,>).MakeGenericType(arguments);
        return (ValueCodec)typeof(Collections).GetMethod(maker, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(arguments).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [codecOf(item), type], null)!;
    }

    private static SequenceCodec<List<T>, T> List<T>(ValueCodec<T> item, Type _) => new(item, (_, items) => items, false);

    private static ValueCodec AnyList<T>(ValueCodec<T> item, Type type) => Typed<T>(type, item, (source, items) => source is T[]? items.ToArray() : items);

    private static SequenceCodec<ReadOnlyCollection<T>, T> ReadOnly<T>(ValueCodec<T> item, Type _) => new(item, (_, items) => items.AsReadOnly(), false);

    private static SequenceCodec<Queue<T>, T> Queue<T>(ValueCodec<T> item, Type _) => new(item, (_, items) => new Queue<T>(items), false);

    private static SequenceCodec<HashSet<T>, T> HashSet<T>(ValueCodec<T> item, Type _) => new(item, (source, items) => new HashSet<T>(items, source?.Comparer), false);

    private static ValueCodec AnySet<T>(ValueCodec<T> item, Type type) => Typed<T>(type, item, (source, items) => new HashSet<T>(items, (source as HashSet<T>)?.Comparer));

    private static SequenceCodec<ImmutableArray<T>, T> ImmutableArray<T>(ValueCodec<T> item, Type _) => new(item, (_, items) => [.. items], true);

    private static SequenceCodec<ImmutableList<T>, T> ImmutableList<T>(ValueCodec<T> item, Type _) => new(item, (_, items) => [.. items], true);

    private static SequenceCodec<ImmutableHashSet<T>, T> ImmutableHashSet<T>(ValueCodec<T> item, Type _) => new(item, (source, items) => items.ToImmutableHashSet(source?.KeyComparer), true);

    private static SequenceCodec<Dictionary<TKey, T>, KeyValuePair<TKey, T>> Dictionary<TKey, T>(ValueCodec<KeyValuePair<TKey, T>> item, Type _) where TKey : notnull =>
        new(item, (source, items) => ToDictionary(items, source?.Comparer), false);

    private static ValueCodec AnyDictionary<TKey, T>(ValueCodec<KeyValuePair<TKey, T>> item, Type type) where TKey : notnull =>
        Typed<KeyValuePair<TKey, T>>(type, item, (source, items) => ToDictionary(items, (source as Dictionary<TKey, T>)?.Comparer));

    private static SequenceCodec<SortedDictionary<TKey, T>, KeyValuePair<TKey, T>> SortedDictionary<TKey, T>(ValueCodec<KeyValuePair<TKey, T>> item, Type _) where TKey : notnull =>
        new(item, (source, items) => new SortedDictionary<TKey, T>(ToDictionary(items, null), source?.Comparer), false);

    private static SequenceCodec<ImmutableDictionary<TKey, T>, KeyValuePair<TKey, T>> ImmutableDictionary<TKey, T>(ValueCodec<KeyValuePair<TKey, T>> item, Type _) where TKey : notnull =>
        new(item, (source, items) => ToDictionary(items, null).ToImmutableDictionary(source?.KeyComparer), true);

    // Read from the wire, a key may come twice: the last one counts.
    private static Dictionary<TKey, T> ToDictionary<TKey, T>(List<KeyValuePair<TKey, T>> items, IEqualityComparer<TKey>? comparer) where TKey : notnull
    {
        var result = new Dictionary<TKey, T>(items.Count, comparer);
        foreach (var (key, value) in items)
        {
            if (key is null) throw CodecReader.Broken("a key is missing");
            result[key] = value;
        }

        return result;
    }

    private static ValueCodec Typed<T>(Type type, ValueCodec<T> item, Func<object?, List<T>, object> make) =>
        (ValueCodec)typeof(Collections).GetMethod(nameof(TypedCore), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type, typeof(T)).Invoke(null, [item, make])!;

    private static SequenceCodec<TSequence, T> TypedCore<TSequence, T>(ValueCodec<T> item, Func<object?, List<T>, object> make) where TSequence : class, IEnumerable<T> =>
        new(item, (source, items) => (TSequence)make(source, items), false);
}
