using System.Collections.Concurrent;
using Granary.Codec;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Calls;

/// <summary>
/// A call as bytes, for another silo: 0 kind, 1 target, 2 interface, 3 method, 4 stream, 5 milliseconds the caller still waits, 7 whether a grain calls, then 6 arguments numbered by place.
/// Unknown numbers are skipped and missing ones are defaults, as everywhere in the codec, so a method may get another parameter at its end.
/// </summary>
internal sealed class CallWire(Codecs codecs, GrainCalls calls, GrainManifest manifest, TimeProvider time)
{
    private readonly ConcurrentDictionary<(GrainType, string), GrainInterface> _found = new();

    public byte[] Write(GrainCall call)
    {
        var writer = new CodecWriter();
        codecs.Get<byte>().Write(writer, 0, (byte)call.Kind);
        codecs.Get<string>().Write(writer, 1, call.Target.ToString());
        codecs.Get<string>().Write(writer, 2, call.Method.Interface.Alias);
        codecs.Get<string>().Write(writer, 3, call.Method.Alias);
        if (call.EnumerationId != Guid.Empty) codecs.Get<Guid>().Write(writer, 4, call.EnumerationId);
        codecs.Get<long>().Write(writer, 5, (long)Math.Max(0, time.GetElapsedTime(time.GetTimestamp(), call.ExpiresAt).TotalMilliseconds));
        codecs.Get<bool>().Write(writer, 7, call.FromGrain);
        var arguments = writer.Begin(6);
        for (var i = 0; i < call.Arguments.Length; i++)
            if (i != call.Method.CancellationIndex) codecs.Get(call.Method.ParameterTypes[i]).WriteObject(writer, (uint)i, call.Arguments[i]);
        writer.End(arguments);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a call that came from another silo.</summary>
    /// <exception cref="SerializerException">The bytes are broken, or name what is not known here.</exception>
    public GrainCall Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new CodecReader(bytes);
        var kind = GrainCallKind.Invoke;
        var target = default(GrainId);
        string contract = "", method = "";
        var stream = Guid.Empty;
        var patience = TimeSpan.Zero;
        var fromGrain = false;
        GrainCall? call = null;
        while (!reader.AtEnd)
        {
            var (key, form) = reader.Header();
            switch (key)
            {
                case 0: kind = (GrainCallKind)codecs.Get<byte>().Read(ref reader, form); break;
                case 1: target = codecs.Get<GrainId>().Read(ref reader, form); break;
                case 2: contract = codecs.Get<string>().Read(ref reader, form); break;
                case 3: method = codecs.Get<string>().Read(ref reader, form); break;
                case 4: stream = codecs.Get<Guid>().Read(ref reader, form); break;
                case 5: patience = TimeSpan.FromMilliseconds(Math.Clamp(codecs.Get<long>().Read(ref reader, form), 0, int.MaxValue)); break;
                case 7: fromGrain = codecs.Get<bool>().Read(ref reader, form); break;
                case 6: call = Make(kind, target, Find(target, contract, method), stream, patience, fromGrain, ref reader, form); break;
                default: reader.Skip(form); break;
            }
        }

        return call ?? throw CodecReader.Broken("a call has arguments, be they none");
    }

    // A grain that is called has a class here, and only the interfaces of that class can be named.
    private GrainMethod Find(GrainId target, string contract, string method)
    {
        if (!_found.TryGetValue((target.Type, contract), out var known))
        {
            known = manifest.Find(target.Type)?.Type.GetInterfaces().Where(i => i.IsAssignableTo(typeof(IGrain))).Select(calls.Interface).FirstOrDefault(i => i.Alias == contract);
            // Only what is there is kept: names that are not come from outside, without number.
            if (known is not null) _found.TryAdd((target.Type, contract), known);
        }

        if (known?.Find(method) is { } found) return found;
        throw new SerializerException(manifest.Find(target.Type) is null ? $"this silo knows no grain type {target.Type}." : $"{target} has no {contract}.{method} here.");
    }

    private GrainCall Make(GrainCallKind kind, GrainId target, GrainMethod method, Guid stream, TimeSpan patience, bool fromGrain, ref CodecReader reader, WireType form)
    {
        CodecReader.Expect(form, WireType.Fields, typeof(GrainCall));
        var fields = reader.Fields();
        // What is missing is the default: of a value type that is not null.
        var arguments = method.ParameterTypes.Select(t => t.IsValueType && t != typeof(CancellationToken) ? System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(t) : null).ToArray();
        while (!fields.AtEnd)
        {
            var (key, wire) = fields.Header();
            if (key < arguments.Length && key != method.CancellationIndex) arguments[key] = codecs.Get(method.ParameterTypes[(int)key]).ReadObject(ref fields, wire);
            else fields.Skip(wire);
        }

        return new GrainCall
        {
            Kind = kind is >= GrainCallKind.Invoke and <= GrainCallKind.EndEnumeration ? kind : throw CodecReader.Broken("a call is of a known kind"),
            Target = target,
            Method = method,
            Arguments = arguments,
            EnumerationId = stream,
            Timeout = patience,
            ExpiresAt = time.GetTimestamp() + (long)(patience.TotalSeconds * time.TimestampFrequency),
            FromGrain = fromGrain,
            GivenUp = new CancellationTokenSource(),
        };
    }
}
