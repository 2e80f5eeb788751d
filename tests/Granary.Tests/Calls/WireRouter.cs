using Granary.Activations;
using Granary.Calls;

namespace Granary.Tests.Calls;

/// <summary>Sends every call, and its outcome, through their bytes: what another silo would get.</summary>
internal sealed class WireRouter(ActivationDirectory directory, Lazy<CallWire> calls, AnswerWire answers) : ICallRouter
{
    public async Task<object?> SendAsync(GrainCall call)
    {
        var there = calls.Value.Read(calls.Value.Write(call));
        await using var givenUp = call.GivenUp?.Token.Register(() => there.GivenUp?.Cancel()) ?? default;
        byte[] answer;
        try
        {
            answer = answers.WriteResult(there.Method, await directory.SendAsync(there));
        }
        catch (Exception fault)
        {
            answer = answers.WriteFault(fault);
        }

        return await answers.Read(call.Method, answer);
    }
}
