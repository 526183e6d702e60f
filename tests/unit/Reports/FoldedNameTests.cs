using MemTools.Reports.Writers;

namespace MemTools.Tests.Reports;

public class FoldedNameTests
{
    private const string Str = "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >";

    [Theory]
    [InlineData("main", 1, "main")]
    [InlineData("std::vector<int>::push_back(int const&)", 60, "std::vector<int>::push_back(int const&)")]
    [InlineData($"load({Str} const&)", 40, "load(std::string const&)")]
    [InlineData("void std::vector<int, std::allocator<int> >::_M_realloc_insert<int const&>(int*, int const&)", 90, "std::vector<int, std::allocator<int> >::_M_realloc_insert<int const&>(int*, int const&)")]
    [InlineData("tree(std::map<int, long, std::less<int>, std::allocator<std::pair<int const, long> > >*)", 40, "tree(std::map<…>*)")]
    [InlineData("std::map<int, long, std::less<int>, std::allocator<std::pair<int const, long> > >::operator[](int const&)", 50, "std::map<…>::operator[](int const&)")]
    [InlineData("std::map<int, long, std::less<int>, std::allocator<std::pair<int const, long> > >::operator[](int const&)", 30, "std::map<…>::operator[](…)")]
    [InlineData("std::map<int, long, std::less<int>, std::allocator<std::pair<int const, long> > >::operator[](int const&)", 10, "std::map::operator[]")]
    [InlineData("bool operator< <char>(Key<char, std::less<char> > const&, Key<char, std::less<char> > const&)", 45, "operator< <…>(Key<…> const&, Key<…> const&)")]
    [InlineData("(anonymous namespace)::cache(std::set<int, std::less<int>, std::allocator<int> > const&) const [clone .isra.0]", 74, "(anonymous namespace)::cache(std::set<…> const&) const [clone .isra.0]")]
    [InlineData("Pool<Big<Inner<int>, Inner<long> >, 4096>::take() const", 21, "Pool<…>::take() const")]
    public void Long_names_fold_as_far_as_needed(string name, int width, string expected) => Assert.Equal(expected, FoldedName.Fit(name, width));

    [Fact]
    public void Brackets_that_do_not_close_stay() => Assert.Equal("f(std::map<int", FoldedName.Fit("f(std::map<int", 4));
}
