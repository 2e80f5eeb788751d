using Postmill.Grains.Sending;
using Postmill.Host.Settings;

namespace Postmill.Host.Sending;

/// <summary>Outgoing mail: its settings and its routes (S4, and the send route for API keys).</summary>
internal static class SendingFace
{
    public static void AddSending(this WebApplicationBuilder builder) => builder.AddSettings<SendOptions>("Sending");
}
