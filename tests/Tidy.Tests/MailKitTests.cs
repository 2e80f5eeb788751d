using System.Buffers.Binary;
using System.Net.Sockets;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Tidy.Tests;

/// <summary>MailKit does not bear what a hostile server may send, so that it is connected over the guard only (<c>Postmill.Mail/Net/GuardedStream.cs</c>).</summary>
public sealed class MailKitTests
{
    private const string Owner = "Postmill.Mail";

    private static readonly string[] Guards = ["ImapGuardedStream", "SmtpGuardedStream"];

    // In tests, who may speak MailKit: those of its owner, the program that they start, and this.
    private static readonly string[] Speakers = ["src/Postmill.Mail/", "tests/Postmill.Mail.Tests/", "tests/GuardProbe/", "tests/Tidy.Tests/MailKitTests.cs"];

    [Theory]
    [InlineData("Postmill.Domain")]
    [InlineData("Postmill.Grains")]
    [InlineData("Postmill.Adapters")]
    [InlineData("Postmill.Client")]
    [InlineData("postmill")]
    public void No_assembly_but_its_owner_knows_MailKit(string assembly)
    {
        Assert.Empty(References(assembly).Intersect(["MailKit", "MimeKit"]));
    }

    [Fact]
    public void Its_owner_knows_MailKit() => Assert.Contains("MailKit", References(Owner));

    [Fact]
    public void Sources_that_name_MailKit_are_its_owners_or_their_tests()
    {
        var others = Repository.Sources("src").Concat(Repository.Sources("tests")).Where(path => !Speakers.Any(path.StartsWith));
        Assert.DoesNotContain(others, path => Repository.Read(path) is var text && (text.Contains("using MailKit", StringComparison.Ordinal) || text.Contains("MailKit.Net", StringComparison.Ordinal)));
    }

    [Fact]
    public void Guards_alone_connect_MailKit_and_by_a_stream_alone()
    {
        var connects = Connects(Path.Combine(AppContext.BaseDirectory, Owner + ".dll"));
        Assert.Equal(Guards, connects.Select(connect => connect.Caller).Order(StringComparer.Ordinal));
        Assert.All(connects, connect => Assert.Equal("Stream", connect.Over));
    }

    [Fact]
    public void The_reader_sees_each_way_to_connect()
    {
        var connects = Connects(typeof(MailKitTests).Assembly.Location);
        Assert.Equal(["Socket", "Stream", "String"], connects.Select(connect => connect.Over).Order(StringComparer.Ordinal));
        Assert.All(connects, connect => Assert.Equal(nameof(Unguarded), connect.Caller));
    }

    private static IEnumerable<string> References(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(reference => metadata.GetString(metadata.GetAssemblyReference(reference).Name))];
    }

    /// <summary>Who names which of MailKit's Connect and ConnectAsync: the outermost type, and the type of the first parameter.</summary>
    private static List<(string Caller, string Over)> Connects(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        var connects = new List<(string, string)>();
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (metadata.GetString(member.Name) is not ("Connect" or "ConnectAsync") || member.Parent.Kind != HandleKind.TypeReference) continue;
            var owner = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
            if (!metadata.GetString(owner.Namespace).StartsWith("MailKit", StringComparison.Ordinal)) continue;
            connects.AddRange(Callers(file, metadata, MetadataTokens.GetToken(handle)).Select(caller => (caller, FirstParameter(metadata, member))));
        }
        return connects;
    }

    private static IEnumerable<string> Callers(PEReader file, MetadataReader metadata, int token)
    {
        foreach (var method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0))
        {
            var body = file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            if (Enumerable.Range(0, Math.Max(0, body.Length - 3)).Any(at => BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at)) == token)) yield return OutermostOf(metadata, method.GetDeclaringType());
        }
    }

    // An async method lies in a nested type of the compiler's.
    private static string OutermostOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var outer = type.GetDeclaringType();
        return outer.IsNil || metadata.GetString(type.Name) == nameof(Unguarded) ? metadata.GetString(type.Name) : OutermostOf(metadata, outer);
    }

    // ECMA-335 §II.23.2.2: the header, the number of parameters, the type that is returned, the parameters.
    private static string FirstParameter(MetadataReader metadata, MemberReference member)
    {
        var signature = metadata.GetBlobReader(member.Signature);
        signature.ReadSignatureHeader();
        signature.ReadCompressedInteger();
        if (signature.ReadSignatureTypeCode() == SignatureTypeCode.TypeHandle) signature.ReadTypeHandle();
        var first = signature.ReadSignatureTypeCode();
        return first == SignatureTypeCode.TypeHandle ? metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)signature.ReadTypeHandle()).Name) : first.ToString();
    }

    /// <summary>What must not be; nobody calls it.</summary>
    private static class Unguarded
    {
        internal static Task HostAsync(SmtpClient client, CancellationToken cancellationToken) => client.ConnectAsync("mail.test", 25, SecureSocketOptions.None, cancellationToken);

        internal static async Task SocketAsync(ImapClient client, Socket socket, CancellationToken cancellationToken)
            => await client.ConnectAsync(socket, "mail.test", 143, SecureSocketOptions.None, cancellationToken);

        internal static void Stream(ImapClient client, Stream stream) => client.Connect(stream, "mail.test", 143, SecureSocketOptions.None, CancellationToken.None);
    }
}
