using System.Buffers;
using System.Text;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Tests.Symbols.Demangle;

/// <summary>The expected names are those of binutils 2.40's <c>c++filt</c>.</summary>
public sealed class DemanglerTests
{
    [Theory]
    [InlineData("_ZN2ns1fERKSs", "ns::f(std::basic_string<char, std::char_traits<char>, std::allocator<char> > const&)")]
    [InlineData("_ZSt4moveIRiEONSt16remove_referenceIT_E4typeEOS2_", "std::remove_reference<int&>::type&& std::move<int&>(int&)")]
    [InlineData("_ZZNK1A3fooEvENKUlvE_clEv", "A::foo() const::{lambda()#1}::operator()() const")]
    [InlineData("_Z3fooIiEvv.constprop.0.isra.1.cold", "void foo<int>() [clone .constprop.0] [clone .isra.1] [clone .cold]")]
    [InlineData("_Z1fPFPFvvEiE", "f(void (*(*)(int))())")]
    [InlineData("_Z1fRA3_A4_Kc", "f(char const (&) [3][4])")]
    [InlineData("_ZTv0_n24_NSt14basic_iostreamIcSt11char_traitsIcEED1Ev",
        "virtual thunk to std::basic_iostream<char, std::char_traits<char> >::~basic_iostream()")]
    [InlineData("_GLOBAL__I__ZN3fooE", "global constructors keyed to foo")]
    public void Full_names_are_written_as_cxxfilt_writes_them(string mangled, string expected) =>
        Assert.Equal(expected, Demangler.Demangle(mangled));

    [Theory]
    [InlineData("_ZN2ns1fIiSsEEvRKT_", "ns::f<int, std::basic_string<char, std::char_traits<char>, std::allocator<char> > >")]
    [InlineData("_ZNK1A3fooEv.cold", "A::foo")]
    [InlineData("_ZTV1A", "vtable for A")]
    public void Without_parameters_only_the_name_remains(string mangled, string expected) =>
        Assert.Equal(expected, Demangler.Demangle(mangled, DemangleStyle.NoParameters));

    [Theory]
    [InlineData("_ZN2ns1fIiSsEEvRKT_", "ns::f<...>")]
    [InlineData("_ZZNK1AIiE3fooEvENKUlvE_clEv", "A<...>::foo::{lambda()#1}::operator()")]
    public void Short_names_fold_template_arguments(string mangled, string expected) =>
        Assert.Equal(expected, Demangler.Demangle(mangled, DemangleStyle.Short));

    [Theory]
    [InlineData("")]
    [InlineData("_Z")]
    [InlineData("main")]
    [InlineData("_ZN3foo")]
    [InlineData("_Z3fooi!")]
    [InlineData("_D3foo3barFZv")]
    [InlineData("$s4main3fooyyF")]
    public void What_is_no_whole_mangled_name_stays_as_it_is(string name)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(name, Demangler.Demangle(name));
        Assert.False(Demangler.TryDemangle(Encoding.UTF8.GetBytes(name), DemangleStyle.Full, output));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Style_none_leaves_every_name() => Assert.Equal("_Z1fv", Demangler.Demangle("_Z1fv", DemangleStyle.None));
}
