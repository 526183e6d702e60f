namespace MemTools.Reports.Symbols.Demangle.Itanium;

/// <summary>What a node of a parsed name is. <c>A</c> and <c>B</c> are indices of child nodes unless said otherwise.</summary>
internal enum NodeKind : byte
{
    /// <summary>Absent or failed: node 0.</summary>
    None,

    // Leaves: A and B are no nodes.
    /// <summary>Bytes A..A+B of the mangled name.</summary>
    Name,
    /// <summary>Constant text A.</summary>
    Text,
    /// <summary>A standard substitution (St, Sa, Ss…): constant text A.</summary>
    StandardName,
    /// <summary>Builtin type A.</summary>
    Builtin,
    /// <summary>Operator A.</summary>
    Operator,
    /// <summary>The number A.</summary>
    Number,
    /// <summary>Function parameter A; 0 is <c>this</c>.</summary>
    FunctionParameter,
    /// <summary>The A-th (from 0) unnamed type of its scope.</summary>
    UnnamedType,
    /// <summary>Template parameter A (from 0) of the innermost template.</summary>
    TemplateParameter,

    // Names.
    TaggedName,
    QualifiedName,
    LocalName,
    /// <summary>A encoded name with B, its function type.</summary>
    TypedName,
    /// <summary>A template with B, its arguments.</summary>
    Template,
    Constructor,
    Destructor,
    /// <summary>User defined operator named A.</summary>
    ExtendedOperator,
    Conversion,
    /// <summary>Closure with parameters A, number B (from 0) and template head X.</summary>
    Lambda,
    /// <summary>A within default argument B (from 0, counted from the last).</summary>
    DefaultArgument,
    StructuredBinding,
    Clone,
    /// <summary>A constrained by expression B.</summary>
    Constrained,
    ModuleEntity,
    ModuleName,
    ModulePartition,
    FriendName,

    // Special names.
    Vtable,
    Vtt,
    ConstructionVtable,
    TypeInfo,
    TypeInfoName,
    TypeInfoFunction,
    Thunk,
    VirtualThunk,
    CovariantThunk,
    JavaClass,
    Guard,
    TlsInit,
    TlsWrapper,
    ReferenceTemporary,
    HiddenAlias,
    TransactionClone,
    NonTransactionClone,
    TemplateObject,
    GlobalConstructors,
    GlobalDestructors,
    ModuleInitializer,
    BlockInvocation,

    // Types.
    Restrict,
    Volatile,
    Const,

    // Qualifiers of member functions: from here …
    RestrictThis,
    VolatileThis,
    ConstThis,
    ReferenceThis,
    RvalueReferenceThis,
    ExplicitObject,
    TransactionSafe,
    Noexcept,
    ThrowSpecification,
    // … to here.

    VendorQualifier,
    Pointer,
    Reference,
    RvalueReference,
    Complex,
    Imaginary,
    VendorType,
    /// <summary>A type spelled as prefix A (a constant text), number B and suffix X (a constant text).</summary>
    NumberedType,
    BitInt,
    FunctionType,
    ArrayType,
    PointerToMember,
    VectorType,
    Decltype,
    ConstrainedAuto,
    PackExpansion,
    ArgumentList,
    TemplateArgumentList,

    // Template heads of closures.
    TypeParameter,
    NonTypeParameter,
    TemplateTemplateParameter,
    ParameterPack,

    // Expressions.
    Cast,
    Nullary,
    Unary,
    Binary,
    BinaryArguments,
    Trinary,
    TrinaryArgument1,
    TrinaryArgument2,
    Literal,
    NegativeLiteral,
    InitializerList,
    VendorExpression,
    Requires,
    TypeRequirement,
    ExpressionRequirement,
    NestedRequirement,
    RequirementList,
    Subobject,
    Parenthesized,
}
