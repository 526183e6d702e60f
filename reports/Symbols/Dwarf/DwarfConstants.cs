namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>DW_TAG_* values that are looked at (DWARF 5, section 7.5.3).</summary>
internal static class DwTag
{
    public const int ClassType = 0x02, EnumerationType = 0x04, LexicalBlock = 0x0b, CompileUnit = 0x11, StructureType = 0x13, UnionType = 0x17;
    public const int InlinedSubroutine = 0x1d, Module = 0x1e, Subprogram = 0x2e, TryBlock = 0x32, CatchBlock = 0x25, WithStatement = 0x22;
    public const int Namespace = 0x39, InterfaceType = 0x38, ImportedUnit = 0x3d, PartialUnit = 0x3c, TypeUnit = 0x41, SkeletonUnit = 0x4a;
    public const int FormalParameter = 0x05, UnspecifiedParameters = 0x18, ArrayType = 0x01, PointerType = 0x0f, ReferenceType = 0x10, SubroutineType = 0x15;
    public const int Typedef = 0x16, PointerToMember = 0x1f, SubrangeType = 0x21, BaseType = 0x24, ConstType = 0x26, VolatileType = 0x35, RestrictType = 0x37;
    public const int UnspecifiedType = 0x3b, RvalueReferenceType = 0x42, AtomicType = 0x47;
}

/// <summary>DW_AT_* values that are looked at (section 7.5.4, and GNU extensions before their standard numbers).</summary>
internal static class DwAt
{
    public const int Sibling = 0x01, Name = 0x03, StmtList = 0x10, LowPc = 0x11, HighPc = 0x12, CompDir = 0x1b, AbstractOrigin = 0x31;
    public const int DeclFile = 0x3a, DeclLine = 0x3b, Specification = 0x47, Ranges = 0x55, CallColumn = 0x57, CallFile = 0x58, CallLine = 0x59;
    public const int LinkageName = 0x6e, MipsLinkageName = 0x2007, StrOffsetsBase = 0x72, AddrBase = 0x73, RnglistsBase = 0x74;
    public const int DwoName = 0x76, GnuDwoName = 0x2130, GnuDwoId = 0x2131, GnuRangesBase = 0x2132, GnuAddrBase = 0x2133, Language = 0x13;
    public const int Type = 0x49, Artificial = 0x34, External = 0x3f, UpperBound = 0x2f, Count = 0x37, ContainingType = 0x1d;
}

/// <summary>DW_FORM_* values (section 7.5.6, and the GNU forms of split DWARF 4 and of dwz).</summary>
internal static class DwForm
{
    public const int Addr = 0x01, Block2 = 0x03, Block4 = 0x04, Data2 = 0x05, Data4 = 0x06, Data8 = 0x07, String = 0x08, Block = 0x09, Block1 = 0x0a;
    public const int Data1 = 0x0b, Flag = 0x0c, Sdata = 0x0d, Strp = 0x0e, Udata = 0x0f, RefAddr = 0x10, Ref1 = 0x11, Ref2 = 0x12, Ref4 = 0x13;
    public const int Ref8 = 0x14, RefUdata = 0x15, Indirect = 0x16, SecOffset = 0x17, Exprloc = 0x18, FlagPresent = 0x19, Strx = 0x1a, Addrx = 0x1b;
    public const int RefSup4 = 0x1c, StrpSup = 0x1d, Data16 = 0x1e, LineStrp = 0x1f, RefSig8 = 0x20, ImplicitConst = 0x21, Loclistx = 0x22;
    public const int Rnglistx = 0x23, RefSup8 = 0x24, Strx1 = 0x25, Strx2 = 0x26, Strx3 = 0x27, Strx4 = 0x28, Addrx1 = 0x29, Addrx2 = 0x2a;
    public const int Addrx3 = 0x2b, Addrx4 = 0x2c, GnuAddrIndex = 0x1f01, GnuStrIndex = 0x1f02, GnuRefAlt = 0x1f20, GnuStrpAlt = 0x1f21;
}
