using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Tidy.Tests;

/// <summary>What the built assemblies call: no spelling, alias or <c>using static</c> hides it here.</summary>
public sealed class BinaryRuleTests
{
    private static readonly HashSet<string> Forbidden =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Threading.Thread.Sleep", "System.Threading.Tasks.Task.Wait", "System.Threading.Tasks.Task.WaitAll", "System.Threading.Tasks.Task`1.get_Result",
        "System.NotImplementedException..ctor", "System.GC.Collect", "System.Environment.Exit",
    ];

    [Theory]
    [InlineData("Postmill.Mail")]
    [InlineData("Postmill.Domain")]
    [InlineData("Postmill.Grains")]
    [InlineData("Postmill.Adapters")]
    [InlineData("Postmill.Client")]
    [InlineData("postmill")]
    public void An_assembly_calls_nothing_that_is_forbidden(string assembly)
    {
        var called = Calls(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        Assert.Contains("System.Object..ctor", called); // the reader sees calls at all
        Assert.Empty(called.Intersect(Forbidden));
    }

    [Fact]
    public void The_reader_sees_calls_of_generic_types_too() => Assert.Contains("System.Collections.Generic.HashSet`1.Add", Calls(typeof(BinaryRuleTests).Assembly.Location));

    private static HashSet<string> Calls(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(metadata.GetMemberReference).Select(m => $"{OwnerOf(metadata, m.Parent)}.{metadata.GetString(m.Name)}")];
    }

    private static string OwnerOf(MetadataReader metadata, EntityHandle owner)
    {
        switch (owner.Kind)
        {
            case HandleKind.TypeReference:
                var type = metadata.GetTypeReference((TypeReferenceHandle)owner);
                return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
            case HandleKind.TypeSpecification:
                // ECMA-335 §II.23.2.14: GENERICINST (CLASS | VALUETYPE) TypeDefOrRefEncoded …
                var signature = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)owner).Signature);
                return signature.ReadSignatureTypeCode() == SignatureTypeCode.GenericTypeInstance && signature.ReadByte() is 0x11 or 0x12
                    ? OwnerOf(metadata, signature.ReadTypeHandle())
                    : "";
            default:
                return "";
        }
    }
}
