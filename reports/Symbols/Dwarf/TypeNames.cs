using System.Globalization;
using System.Text;
using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Writes C++ types and scopes from debug information as a demangler would: for functions that have no linkage name (lambdas, members of
/// local classes, static functions that were inlined everywhere).
/// </summary>
internal sealed class TypeNames(OtherUnits others, WorkMeter work)
{
    private const int MaxDepth = 48;
    private const int MaxChars = 16384;

    /// <summary>Marks where the declarator of a function or array type goes.</summary>
    private const string Inner = "\u0001";

    /// <summary>DIEs looked at for one name.</summary>
    private const int MaxSteps = 4096;

    private readonly DieParents parents = new(work);
    private int steps;

    /// <summary>The whole name of a function; null when the debug information does not give it.</summary>
    public string? TryName(DwarfUnit unit, int function)
    {
        steps = 0;
        try
        {
            return Function(unit, function);
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            return null;
        }
    }

    /// <summary>The parameter list of a function, in parentheses, and whether it is a const member.</summary>
    private string Parameters(DwarfUnit unit, int function, out bool isConst, int depth = 0)
    {
        isConst = false;
        var text = new StringBuilder("(");
        var attributes = new DieAttributes();
        var children = new DieChildren(unit, function, attributes);
        while (children.Next(attributes, out _, out int tag) && text.Length < MaxChars)
        {
            if (tag is not (DwTag.FormalParameter or DwTag.UnspecifiedParameters))
                continue;
            if (attributes.Has(AttributeSlot.Artificial))
            {
                // The object: "this", or "__closure" of a lambda.
                isConst |= text.Length == 1 && PointsToConst(unit, attributes, depth);
                continue;
            }

            if (text.Length > 1)
                text.Append(", ");
            text.Append(tag == DwTag.UnspecifiedParameters ? "..." : Type(unit, attributes, depth + 1, isParameter: true).Replace(Inner, "", StringComparison.Ordinal));
        }

        return text.Append(')').ToString();
    }

    /// <summary>What a DIE stands in, with "::" behind each part; empty at the top of a unit.</summary>
    private string Scope(DwarfUnit unit, int die, int depth = 0)
    {
        Deeper(depth);
        var around = new Rows<int>(16);
        if (!parents.Find(unit, die, around))
            throw new DwarfException("a DIE that is referred to does not exist");
        var text = new StringBuilder();
        var attributes = new DieAttributes();
        for (int i = 0; i < around.Count; i++)
        {
            int index = DieReader.ReadAt(unit, around[i], attributes);
            string name = Text(unit, attributes);
            switch (unit.Abbreviations!.List[index].Tag)
            {
                case DwTag.Namespace:
                    text.Append(name.Length > 0 ? name : "(anonymous namespace)").Append("::");
                    break;
                case DwTag.ClassType or DwTag.StructureType or DwTag.UnionType or DwTag.EnumerationType or DwTag.InterfaceType:
                    text.Append(name.Length > 0 ? name : Unnamed(unit, around[i], i > 0 ? around[i - 1] : unit.FirstDie, depth + 1)).Append("::");
                    break;
                case DwTag.Subprogram:
                    // A function's own scope is written by itself.
                    text.Clear().Append(Function(unit, around[i], depth + 1)).Append("::");
                    break;
            }

            if (text.Length > MaxChars)
                throw new DwarfException("a name is too long");
        }

        return text.ToString();
    }

    /// <summary>The whole name of a function: demangled when it has a linkage name, composed otherwise.</summary>
    private string Function(DwarfUnit unit, int die, int depth = 0)
    {
        Deeper(depth);
        var attributes = new DieAttributes();
        string name = "";
        DwarfUnit home = unit;
        for (int step = 0; step < DwarfLimits.MaxOriginSteps; step++)
        {
            DieReader.ReadAt(home, die, attributes);
            if (attributes.Has(AttributeSlot.LinkageName))
            {
                string linkage = Encoding.UTF8.GetString(home.Text(attributes.Text(AttributeSlot.LinkageName)));
                return Demangle.Demangler.Demangle(linkage, Demangle.DemangleStyle.Full);
            }

            if (name.Length == 0)
                name = Text(home, attributes);
            AttributeSlot next = attributes.Has(AttributeSlot.Specification) ? AttributeSlot.Specification : AttributeSlot.AbstractOrigin;
            if (!attributes.Has(next) || !others.TryGoTo(ref home, attributes.Form(next), attributes.Value(next), out die))
                break;
        }

        string scope = Scope(home, die, depth + 1);
        // extern "C", main, and what the compiler made itself (_GLOBAL__sub_I_x): the linker knows them by their plain names.
        if (scope.Length == 0 && attributes.HasAny(AttributeSlot.External, AttributeSlot.Artificial) || name.StartsWith("_GLOBAL__", StringComparison.Ordinal))
            return name;
        return scope + name + Parameters(home, die, out bool isConst, depth + 1) + (isConst ? " const" : "");
    }

    private string Type(DwarfUnit unit, DieAttributes of, int depth, bool isParameter = false)
    {
        if (!of.Has(AttributeSlot.Type))
            return "void";
        DwarfUnit at = unit;
        if (!others.TryGoTo(ref at, of.Form(AttributeSlot.Type), of.Value(AttributeSlot.Type), out int die))
            throw new DwarfException("a type's reference leads nowhere");
        return Type(at, die, depth, isParameter);
    }

    private string Type(DwarfUnit unit, int die, int depth, bool isParameter)
    {
        Deeper(depth);
        work.Spend(64);
        var attributes = new DieAttributes();
        int tag = unit.Abbreviations!.List[DieReader.ReadAt(unit, die, attributes)].Tag;
        switch (tag)
        {
            case DwTag.BaseType or DwTag.UnspecifiedType:
                return BaseName(Text(unit, attributes));
            case DwTag.Typedef:
                return Type(unit, attributes, depth + 1, isParameter);
            case DwTag.ConstType:
                // A parameter's own const is no part of the function's type.
                return isParameter ? Type(unit, attributes, depth + 1, true) : Suffixed(Type(unit, attributes, depth + 1), " const");
            case DwTag.VolatileType:
                return isParameter ? Type(unit, attributes, depth + 1, true) : Suffixed(Type(unit, attributes, depth + 1), " volatile");
            case DwTag.RestrictType or DwTag.AtomicType:
                return Type(unit, attributes, depth + 1, isParameter);
            case DwTag.PointerType:
                return Suffixed(Type(unit, attributes, depth + 1), "*");
            case DwTag.ReferenceType:
                return Suffixed(Type(unit, attributes, depth + 1), "&");
            case DwTag.RvalueReferenceType:
                return Suffixed(Type(unit, attributes, depth + 1), "&&");
            case DwTag.SubroutineType:
                string result = Type(unit, attributes, depth + 1);
                return $"{result} {Inner}{Parameters(unit, die, out _, depth + 1)}";
            case DwTag.ArrayType:
                return $"{Type(unit, attributes, depth + 1)} {Inner}{Bounds(unit, die)}";
            case DwTag.ClassType or DwTag.StructureType or DwTag.UnionType or DwTag.EnumerationType or DwTag.InterfaceType:
                string name = Text(unit, attributes);
                return Scope(unit, die, depth + 1) + (name.Length > 0 ? name : Unnamed(unit, die, Around(unit, die), depth + 1));
            default:
                throw new DwarfException($"a type of tag 0x{tag:x} has no name here");
        }
    }

    private static string Suffixed(string type, string suffix)
    {
        int at = type.IndexOf(Inner, StringComparison.Ordinal);
        if (at < 0)
            return type + suffix;
        // int (*)(char), int (&) [3]: the declarator stands in parentheses.
        return at > 0 && type[at - 1] == '(' ? type.Insert(at, suffix) : type.Replace(Inner, $"({suffix}{Inner})", StringComparison.Ordinal);
    }

    private static string Bounds(DwarfUnit unit, int die)
    {
        var text = new StringBuilder();
        var attributes = new DieAttributes();
        var children = new DieChildren(unit, die, attributes);
        while (children.Next(attributes, out _, out int tag))
        {
            if (tag != DwTag.SubrangeType)
                continue;
            text.Append('[');
            if (attributes.Has(AttributeSlot.ArrayCount))
                text.Append(attributes.Value(AttributeSlot.ArrayCount).ToString(CultureInfo.InvariantCulture));
            else if (attributes.Has(AttributeSlot.UpperBound))
                text.Append((attributes.Value(AttributeSlot.UpperBound) + 1).ToString(CultureInfo.InvariantCulture));
            text.Append(']');
        }

        return text.ToString();
    }

    /// <summary>
    /// A closure or another type without a name. The C++ ABI numbers those of one signature in a function; compilers leave out the debug
    /// information of those not used, so that only the sole one can be numbered, and of several the number is left out rather than guessed.
    /// </summary>
    private string Unnamed(DwarfUnit unit, int die, int scope, int depth)
    {
        Deeper(depth);
        string signature = Closure(unit, die, depth + 1);
        string number = Count(unit, scope, signature, depth + 1) == 1 ? "#1" : "";
        return signature.Length > 0 ? $"{{lambda{signature}{number}}}" : $"{{unnamed type{number}}}";
    }

    /// <summary>Counts types of a signature in a scope, its blocks included.</summary>
    private int Count(DwarfUnit unit, int scope, string signature, int depth)
    {
        Deeper(depth);
        int count = 0;
        var attributes = new DieAttributes();
        var children = new DieChildren(unit, scope, attributes);
        while (children.Next(attributes, out int die, out int tag))
        {
            Deeper(depth);
            work.Spend(16);
            if (tag == DwTag.LexicalBlock)
                count += Count(unit, die, signature, depth + 1);
            else if (tag is DwTag.ClassType or DwTag.StructureType or DwTag.UnionType && !attributes.Has(AttributeSlot.Name) && Closure(unit, die, depth + 1) == signature)
                count++;
        }

        return count;
    }

    /// <summary>The parameter list of a closure's call operator; empty for a type that is no closure.</summary>
    private string Closure(DwarfUnit unit, int die, int depth)
    {
        var attributes = new DieAttributes();
        var children = new DieChildren(unit, die, attributes);
        while (children.Next(attributes, out int child, out int tag))
        {
            if (tag == DwTag.Subprogram && unit.Text(attributes.Text(AttributeSlot.Name)).StartsWith("operator()"u8))
                return Parameters(unit, child, out _, depth);
        }

        return "";
    }

    private int Around(DwarfUnit unit, int die)
    {
        var around = new Rows<int>(16);
        return parents.Find(unit, die, around) && around.Count > 0 ? around[around.Count - 1] : unit.FirstDie;
    }

    /// <summary>True when a type is a pointer to a const object.</summary>
    private bool PointsToConst(DwarfUnit unit, DieAttributes parameter, int depth)
    {
        var attributes = new DieAttributes();
        DwarfUnit at = unit;
        int form = parameter.Form(AttributeSlot.Type);
        ulong value = parameter.Value(AttributeSlot.Type);
        bool pointer = false;
        for (int step = depth; step < MaxDepth && form != 0 && others.TryGoTo(ref at, form, value, out int die); step++)
        {
            int tag = at.Abbreviations!.List[DieReader.ReadAt(at, die, attributes)].Tag;
            if (tag == DwTag.ConstType && pointer)
                return true;
            if (tag is not (DwTag.ConstType or DwTag.PointerType or DwTag.Typedef) || pointer && tag != DwTag.Typedef)
                return false;
            pointer |= tag == DwTag.PointerType;
            form = attributes.Form(AttributeSlot.Type);
            value = attributes.Value(AttributeSlot.Type);
        }

        return false;
    }

    private static string Text(DwarfUnit unit, DieAttributes attributes) => Encoding.UTF8.GetString(unit.Text(attributes.Text(AttributeSlot.Name)));

    private void Deeper(int depth)
    {
        if (depth > MaxDepth || ++steps > MaxSteps)
            throw new DwarfException("a type is nested too deeply or too large");
    }

    /// <summary>gcc writes C's long names; a mangled name knows only the short ones.</summary>
    private static string BaseName(string name) => name switch
    {
        "long int" => "long",
        "long unsigned int" => "unsigned long",
        "short int" => "short",
        "short unsigned int" => "unsigned short",
        "long long int" => "long long",
        "long long unsigned int" => "unsigned long long",
        "__int128 unsigned" => "unsigned __int128",
        _ => name,
    };
}
