using System.Globalization;
using System.Runtime.InteropServices;
using HaAgent.Core.Migration;
using HaAgent.Libvirt.Native;

namespace HaAgent.Libvirt;

/// <summary>A growing array of virTypedParameter, in libvirt's own memory.</summary>
internal sealed unsafe class TypedParameterList : IDisposable
{
    private void* _items;
#pragma warning disable IDE0044 // libvirt writes it through a pointer.
    private int _capacity;
#pragma warning restore IDE0044
    private int _count;

    public void* Items => _items;

    public uint Count => (uint)_count;

    public static TypedParameterList From(MigrateRequest request)
    {
        var list = new TypedParameterList();
        foreach (TypedValue value in request.Values)
            list.Add(value);
        return list;
    }

    public void Dispose()
    {
        Interop.TypedParameters.virTypedParamsFree(_items, _count);
        _items = null;
        _count = 0;
    }

    private void Add(TypedValue value)
    {
        fixed (void** items = &_items)
        fixed (
            int* count = &_count,
                capacity = &_capacity
        )
        {
            CultureInfo invariant = CultureInfo.InvariantCulture;
            switch (value.Kind)
            {
                case TypedKind.Text:
                    LibvirtConnection.Check(
                        Interop.TypedParameters.virTypedParamsAddString(items, count, capacity, value.Field, value.Value)
                    );
                    break;
                case TypedKind.TextList:
                    // A list is the same field several times (virTypedParamsAddStringList).
                    foreach (string item in value.Value.Split(','))
                        LibvirtConnection.Check(Interop.TypedParameters.virTypedParamsAddString(items, count, capacity, value.Field, item));
                    break;
                case TypedKind.Int:
                    LibvirtConnection.Check(
                        Interop.TypedParameters.virTypedParamsAddInt(items, count, capacity, value.Field, int.Parse(value.Value, invariant))
                    );
                    break;
                case TypedKind.UInt:
                    LibvirtConnection.Check(
                        Interop.TypedParameters.virTypedParamsAddUInt(
                            items,
                            count,
                            capacity,
                            value.Field,
                            uint.Parse(value.Value, invariant)
                        )
                    );
                    break;
                case TypedKind.ULong:
                    LibvirtConnection.Check(
                        Interop.TypedParameters.virTypedParamsAddULLong(
                            items,
                            count,
                            capacity,
                            value.Field,
                            ulong.Parse(value.Value, invariant)
                        )
                    );
                    break;
            }
        }
    }
}

/// <summary>UTF-8 text that comes from libvirt.</summary>
internal static unsafe class NativeText
{
    /// <summary>Text that stays libvirt's.</summary>
    public static string? Borrowed(byte* text) => Marshal.PtrToStringUTF8((nint)text);

    /// <summary>Text that is ours to free.</summary>
    /// <exception cref="LibvirtException">There is none: the call that gave it failed.</exception>
    public static string Owned(byte* text)
    {
        if (text == null)
            throw LibvirtException.Last();
        try
        {
            return Marshal.PtrToStringUTF8((nint)text)!;
        }
        finally
        {
            NativeMemory.Free(text);
        }
    }
}
