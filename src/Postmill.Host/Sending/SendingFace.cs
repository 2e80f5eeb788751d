using Postmill.Adapters.Mail;
using Postmill.Grains.Sending;
using Postmill.Host.Settings;

namespace Postmill.Host.Sending;

/// <summary>Outgoing mail: its settings and its routes (S4, and the send route for API keys).</summary>
internal static class SendingFace
{
    public static void AddSending(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<SendOptions>("Sending");
        if (!SigningKeys.TryLoad(options.DkimKeys, out var keys, out var problem)) builder.RefuseSetting("Sending", nameof(SendOptions.DkimKeys), options.DkimKeys, problem);
        else builder.Services.AddSingleton(_ => keys); // by a factory, so that the keys are disposed of with the host
    }

    public static void MapSending(this WebApplication app)
    {
        app.MapAccountSend();
        app.MapKeySend();
    }
}
