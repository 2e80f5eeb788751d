using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Transport;
using Orleans.Runtime;

namespace Granary.Tests.Transport;

public sealed class CertificateTests : IDisposable
{
    private static readonly DateTimeOffset Begin = TimeProvider.System.GetUtcNow().AddDays(-1), End = TimeProvider.System.GetUtcNow().AddDays(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("granary-certificates").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Silos_with_certificates_of_one_authority_call_each_other()
    {
        await using var cluster = new TestCluster();
        using var authority = Authority("ours");
        foreach (var name in new[] { "a", "b" }) await cluster.AddAsync(name, Certificate(authority, name));
        await cluster["a"].LookAsync();
        Assert.Equal("b", await cluster["a"].Grains.GetGrain<IPlaced>(cluster.KeyOn("placed", cluster["b"])).Where().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_silo_with_a_certificate_of_another_authority_or_with_none_gets_no_connection()
    {
        await using var cluster = new TestCluster();
        using X509Certificate2 ours = Authority("ours"), theirs = Authority("theirs");
        await cluster.AddAsync("b", Certificate(ours, "b"));
        await cluster.AddAsync("a", Certificate(theirs, "a"));
        await cluster.AddAsync("c");
        foreach (var caller in new[] { "a", "c" })
        {
            var key = cluster.KeyOn("placed", cluster["b"]);
            await cluster[caller].LookAsync();
            // A caller may have begun to send before the other end turned the connection down; then it cannot know, and says so.
            var fault = await Record.ExceptionAsync(() => cluster[caller].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
            Assert.True(fault is SiloUnavailableException or TimeoutException, $"{fault}");
            Assert.Contains("b at", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain($"{key} placed", cluster.Probe.Notes);
        }
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Begin, End);
    }

    private Action<TransportOptions> Certificate(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(authority, Begin.AddHours(1), End.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        string File(string what, string pem)
        {
            var path = Path.Combine(_directory, $"{name}.{what}.pem");
            System.IO.File.WriteAllText(path, pem);
            return path;
        }

        var (own, secret, root) = (File("certificate", certificate.ExportCertificatePem()), File("key", key.ExportPkcs8PrivateKeyPem()), File("authority", authority.ExportCertificatePem()));
        return options => (options.CertificateFile, options.KeyFile, options.AuthorityFile) = (own, secret, root);
    }
}
