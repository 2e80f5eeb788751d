using System.Reflection;

namespace Granary.Codec;

/// <summary>One member of a <typeparamref name="TOwner"/>.</summary>
internal abstract class MemberCodec<TOwner>(uint key)
{
    public uint Key => key;

    public abstract bool IsImmutable { get; }

    public static MemberCodec<TOwner> Of(Member member, ValueCodec codec) =>
        (MemberCodec<TOwner>)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(typeof(TOwner), member.Type), member, codec)!;

    public abstract void Copy(ref TOwner from, ref TOwner to, int depth);

    public abstract void Write(CodecWriter writer, ref TOwner owner);

    public abstract void Read(ref CodecReader reader, WireType wire, ref TOwner owner);

    private sealed class Typed<TValue>(Member member, ValueCodec<TValue> codec) : MemberCodec<TOwner>(member.Key)
    {
        private readonly MemberAccess.Getter<TOwner, TValue> _get = MemberAccess.Get<TOwner, TValue>(member.Storage);
        private readonly MemberAccess.Setter<TOwner, TValue> _set = MemberAccess.Set<TOwner, TValue>(member.Storage);

        public override bool IsImmutable => member.Immutable || codec.IsImmutable;

        public override void Copy(ref TOwner from, ref TOwner to, int depth)
        {
            var value = _get(ref from);
            _set(ref to, IsImmutable ? value : codec.Copy(value, depth));
        }

        public override void Write(CodecWriter writer, ref TOwner owner) => codec.Write(writer, Key, _get(ref owner));

        public override void Read(ref CodecReader reader, WireType wire, ref TOwner owner) => _set(ref owner, codec.Read(ref reader, wire));
    }
}
