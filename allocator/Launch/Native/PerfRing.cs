using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MemTools.Allocators.Launch.Native;

/// <summary>
/// One processor's ring of task records (perf_event_open(2), a dummy software event with <c>task</c> and <c>comm</c>), inherited by all that the opening
/// thread starts. Needs no privilege while kernel.perf_event_paranoid is at most 2.
/// </summary>
internal sealed unsafe class PerfRing : IDisposable
{
    private const int DataPages = 16;
    private const int AttributeSize = 112; // PERF_ATTR_SIZE_VER5
    private const int HeadOffset = 1024;
    private const int TailOffset = 1032;
    private const int CloseOnExec = 8;

    private readonly byte* pages;
    private readonly nuint length;
    private readonly ulong dataSize;
    private readonly int descriptor;
    private byte[] record = new byte[256];

    private PerfRing(int descriptor, byte* pages, nuint length, ulong dataSize)
    {
        this.descriptor = descriptor;
        this.pages = pages;
        this.length = length;
        this.dataSize = dataSize;
    }

    /// <summary>Becomes readable when a quarter of the ring is filled.</summary>
    public int Descriptor => descriptor;

    /// <summary>Opens the ring of a processor for the calling thread and what it starts; null when the kernel refuses.</summary>
    public static PerfRing? TryOpen(int processor)
    {
        nint number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 298,
            Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 241,
            _ => -1,
        };
        if (number < 0)
            return null;
        nuint pageSize = (nuint)Environment.SystemPageSize;
        Span<byte> attributes = stackalloc byte[AttributeSize];
        attributes.Clear();
        const uint software = 1;
        const ulong dummy = 9;
        const ulong sampleTime = 1UL << 2;
        // inherit, exclude_kernel, exclude_hv, comm, task, watermark, sample_id_all, comm_exec
        const ulong flags = 1UL << 1 | 1UL << 5 | 1UL << 6 | 1UL << 9 | 1UL << 13 | 1UL << 14 | 1UL << 18 | 1UL << 24;
        BinaryPrimitives.WriteUInt32LittleEndian(attributes, software);
        BinaryPrimitives.WriteUInt32LittleEndian(attributes[4..], AttributeSize);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[8..], dummy);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[24..], sampleTime);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[40..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(attributes[48..], (uint)(DataPages * pageSize / 4));
        int fd;
        fixed (byte* start = attributes)
            fd = (int)Libc.perf_event_open(number, start, 0, processor, -1, CloseOnExec);
        if (fd < 0)
            return null;
        nuint length = (DataPages + 1) * pageSize;
        const int readWrite = 3;
        const int shared = 1;
        void* pages = Libc.mmap(null, length, readWrite, shared, fd, 0);
        if ((nint)pages == -1)
        {
            _ = Libc.close(fd);
            return null;
        }
        return new PerfRing(fd, (byte*)pages, length, DataPages * pageSize);
    }

    /// <summary>Hands on the records that are there: type, misc flags, and the bytes behind the header.</summary>
    public void Drain(PerfRecordHandler handle)
    {
        ulong head = Volatile.Read(ref *(ulong*)(pages + HeadOffset));
        ulong tail = *(ulong*)(pages + TailOffset);
        byte* data = pages + (length - (nuint)dataSize);
        while (tail < head)
        {
            // Records are 8-byte aligned, so that the 8-byte header never wraps.
            byte* header = data + tail % dataSize;
            uint type = *(uint*)header;
            ushort misc = *(ushort*)(header + 4);
            ushort size = *(ushort*)(header + 6);
            if (size < 8)
                break;
            if (record.Length < size)
                record = new byte[size];
            for (int i = 8; i < size; i++)
                record[i - 8] = data[(tail + (ulong)i) % dataSize];
            handle(type, misc, record.AsSpan(0, size - 8));
            tail += size;
        }
        Volatile.Write(ref *(ulong*)(pages + TailOffset), tail);
    }

    public void Dispose()
    {
        _ = Libc.munmap(pages, length);
        _ = Libc.close(descriptor);
    }
}

/// <summary>Takes one record of a <see cref="PerfRing"/>.</summary>
internal delegate void PerfRecordHandler(uint type, ushort misc, ReadOnlySpan<byte> body);
