using System.Reflection;
using System.Reflection.Emit;

namespace Granary.Codec;

/// <summary>Reads and sets members of any visibility, also read-only ones: a copy is filled, not constructed.</summary>
internal static class MemberAccess
{
    public delegate TValue Getter<TOwner, TValue>(ref TOwner owner);

    public delegate void Setter<TOwner, TValue>(ref TOwner owner, TValue value);

    public static Getter<TOwner, TValue> Get<TOwner, TValue>(MemberInfo member)
    {
        var method = new DynamicMethod("get", typeof(TValue), [typeof(TOwner).MakeByRefType()], typeof(MemberAccess).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        LoadOwner<TOwner>(il);
        if (member is FieldInfo field) il.Emit(OpCodes.Ldfld, field);
        else il.Emit(OpCodes.Call, ((PropertyInfo)member).GetMethod!);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Getter<TOwner, TValue>>();
    }

    public static Setter<TOwner, TValue> Set<TOwner, TValue>(MemberInfo member)
    {
        var method = new DynamicMethod("set", typeof(void), [typeof(TOwner).MakeByRefType(), typeof(TValue)], typeof(MemberAccess).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        LoadOwner<TOwner>(il);
        il.Emit(OpCodes.Ldarg_1);
        if (member is FieldInfo field) il.Emit(OpCodes.Stfld, field);
        else il.Emit(OpCodes.Call, ((PropertyInfo)member).SetMethod!);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Setter<TOwner, TValue>>();
    }

    private static void LoadOwner<TOwner>(ILGenerator il)
    {
        il.Emit(OpCodes.Ldarg_0);
        if (!typeof(TOwner).IsValueType) il.Emit(OpCodes.Ldind_Ref);
    }
}
