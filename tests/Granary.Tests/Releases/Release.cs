using System.Reflection;

namespace Granary.Tests.Releases;

/// <summary>What one release of a program has: the types its assembly would.</summary>
internal sealed class Release(params Type[] types) : Assembly
{
    public static Release Old { get; } = new(typeof(Old<int>.LedgerGrain), typeof(OldEntry), typeof(Old<int>.Plain));

    public static Release New { get; } = new(typeof(New<int>.LedgerGrain), typeof(New<int>.ArchiveGrain), typeof(NewEntry), typeof(New<int>.Plain), typeof(New<int>.Other));

    public override string FullName => "release";

    public override Type[] GetTypes() => types;
}
