// Every kind of C++ name that GCC 12 and Clang 14 mangle. cxx.tsv holds the symbols of this file
// (g++ -std=c++20, with and without -O2 -fno-inline, and clang++ -std=c++20) and the answers of binutils 2.40's c++filt.
#include <string>
#include <vector>
#include <map>
#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <new>
#define KEEP __attribute__((noinline, used))
namespace ns { inline namespace v2 { struct S { int x; KEEP int f() const &; KEEP int f() &&; KEEP int g() volatile; KEEP S(int); KEEP virtual ~S(); KEEP S& operator=(S&&) &; template<class T> KEEP operator T() const; KEEP operator bool() const; KEEP operator const char*(); KEEP int operator()(int, ...) ; KEEP int operator[](long); KEEP void* operator new(size_t); KEEP void operator delete(void*) noexcept; KEEP void* operator new[](size_t); KEEP void operator delete[](void*); KEEP S& operator++(); KEEP S& operator--(int); KEEP S* operator->(); KEEP int operator->*(int); KEEP int operator,(int); KEEP bool operator!() const; KEEP bool operator<(const S&) const; }; } }
using ns::S;
int S::f() const & { return 1; } int S::f() && { return 2; } int S::g() volatile { return 3; } S::S(int i) : x(i) {} S::~S() {} S& S::operator=(S&&) & { return *this; }
template<class T> S::operator T() const { return T(); } template S::operator int() const; template S::operator std::vector<char>() const;
S::operator bool() const { return 1; } S::operator const char*() { return ""; } int S::operator()(int, ...) { return 1; } int S::operator[](long) { return 1; }
void* S::operator new(size_t n) { return ::operator new(n); } void S::operator delete(void* p) noexcept { ::operator delete(p); } void* S::operator new[](size_t n) { return ::operator new(n); } void S::operator delete[](void* p) { ::operator delete(p); }
S& S::operator++() { return *this; } S& S::operator--(int) { return *this; } S* S::operator->() { return this; } int S::operator->*(int) { return 0; } int S::operator,(int) { return 0; } bool S::operator!() const { return 0; } bool S::operator<(const S&) const { return 1; }
KEEP unsigned long long operator""_km(unsigned long long x) { return x; }
KEEP long double operator""_deg(long double x) { return x; }
namespace { KEEP int hidden(int (*)(char), int (&)[3], int (*)[2][4], const volatile int*, int S::*, int (S::*)(int) const, int (S::*)() &&) { return 1; } struct Anon { KEEP void m() {} }; }
KEEP static int stat(float, double, long double, __int128, unsigned __int128, wchar_t, char16_t, char32_t, char8_t, signed char, unsigned char, short, unsigned short, bool, std::nullptr_t) { return 1; }
typedef float v4 __attribute__((vector_size(16)));
KEEP v4 vec(v4 a, _Complex double c, int* __restrict r) { return a; }
template<int I, unsigned U, long L, unsigned long UL, long long LL, bool B, char C, int* P, int (*F)(int), int S::*M> struct NT { KEEP static void f() {} };
extern int glob; int glob; KEEP int fn(int x) { return x; }
template struct NT<-1, 2u, -3l, 4ul, -5ll, true, 'x', &glob, &fn, &S::x>;
template<class... T> KEEP void pack(T&&...) {} template void pack<>(); template void pack<int&, const char(&)[3], S>(int&, const char(&)[3], S&&);
template<class... T> struct Tup { template<class... U> KEEP void both(std::tuple<T...>, std::pair<int, U>...) {} }; template void Tup<int, char>::both<float, double>(std::tuple<int, char>, std::pair<int, float>, std::pair<int, double>);
template<template<class...> class TT, class A> KEEP TT<A> tt(A a) { return TT<A>(); } template std::vector<int> tt<std::vector, int>(int);
template<class T> KEEP auto dt(T a) -> decltype(a + 1) { return a + 1; } template auto dt<int>(int) -> decltype(1 + 1);
template<class T> KEEP auto dt2(T& a) -> decltype(a.size(), a.begin()->first, *&a, (void)0, a[0]) { return a[0]; } 
template<class T> KEEP decltype(auto) dca(T&& a) { return (a); } template decltype(auto) dca<int>(int&&);
template<class T> KEEP auto aut(T a) { return a; } template auto aut<long>(long);
template<class T, class U> KEEP auto ex(T t, U u) -> decltype(t ? (t + u * -t) : ~u) { return t; } template auto ex<int, int>(int, int) -> decltype(1 ? (1 + 1 * -1) : ~1);
template<class T> KEEP auto sz(T t) -> std::integral_constant<unsigned long, sizeof(T) + sizeof(t)> { return {}; } template auto sz<int>(int) -> std::integral_constant<unsigned long, 8>;
template<class... T> KEEP auto szp(T... t) -> std::integral_constant<unsigned long, sizeof...(T) + sizeof...(t)> { return {}; } template auto szp<int, char>(int, char) -> std::integral_constant<unsigned long, 4>;
template<class T> KEEP auto nw(T t) -> decltype(new T(t)) { return nullptr; } template auto nw<int>(int) -> int*;
template<class T> KEEP auto cst(T t) -> decltype(static_cast<long>(t) + (long)t + T(t) + const_cast<T&>(t) + reinterpret_cast<long&>(t)) { return 0; } template auto cst<int>(int) -> long;
template<class T> KEEP auto il(T t) -> decltype(T{t}) { return t; } template auto il<int>(int) -> int;
template<class T> KEEP auto nx(T t) -> std::bool_constant<true> { return {}; } template auto nx<int>(int) -> std::bool_constant<true>;
template<class T> KEEP auto mem(T t) -> decltype(t.x) { return 1; } template auto mem<S>(S) -> int;
template<class T> KEEP auto mem2(T* t) -> decltype(t->f()) { return 1; } template auto mem2<S>(S*) -> int;
template<class T> KEEP typename T::value_type vt(typename T::iterator, typename T::template rebind<int>*) { return 1; }
struct VT { typedef int value_type; typedef int* iterator; template<class> struct rebind {}; }; template int vt<VT>(int*, VT::rebind<int>*);
template<class T> KEEP std::enable_if_t<(sizeof(T) > 2), int> gt(T) { return 1; } template int gt<int>(int);
template<class T> KEEP typename std::enable_if<std::is_integral<T>::value && !std::is_same<T, char>::value, T>::type en(T t) { return t; } template int en<int>(int);
template<class... T> KEEP auto fl(T... t) -> decltype((t + ...)) { return (t + ...); } template auto fl<int, int>(int, int) -> int;
template<class... T> KEEP auto fr(T... t) -> decltype((0 + ... + t)) { return (0 + ... + t); } template auto fr<int, int>(int, int) -> int;
template<class... T> KEEP auto fl2(T... t) -> decltype((... && t)) { return (... && t); } template auto fl2<int, int>(int, int) -> bool;
void nothrow(int) noexcept; KEEP void tnx(void (*)(int) noexcept, void (&&)(S)) {}
template<class T> KEEP void tn(T) {} template void tn<void (*)(int) noexcept>(void (*)(int) noexcept); template void tn<int (S::*)(char) const & noexcept>(int (S::*)(char) const & noexcept); template void tn<int(*)[3]>(int(*)[3]); template void tn<int(*(*)(char))[3]>(int(*(*)(char))[3]); template void tn<void(*(*)(void(*)()))(int)>(void(*(*)(void(*)()))(int)); template void tn<const int S::* const*>(const int S::* const*); template void tn<int(&)[2][3]>(int(&)[2][3]);
template<class T> struct Out { template<class U> struct In { template<class V> KEEP static void f(T, U, V, std::map<T, std::vector<U>>) {} struct Deep { KEEP void d() {} }; }; enum { E1 }; enum class EC { a, b }; }; template void Out<int>::In<char>::f<std::string>(int, char, std::string, std::map<int, std::vector<char>>); template struct Out<int>::In<std::string>::Deep;
template<Out<int>::EC e> KEEP void ec() {} template void ec<Out<int>::EC::b>();
template<auto V> KEEP void av() {} template void av<3>(); template void av<'c'>(); template void av<nullptr>(); template void av<&S::x>(); template void av<&glob>(); template void av<false>();
struct Agg { int a; double b; int c[2]; }; template<Agg A> KEEP void agg() {} 
KEEP int lambdas(int n) {
  auto l1 = [](int a) KEEP { return a; }; auto l2 = [&](auto a, auto&& b) KEEP { return a + b + n; }; auto l3 = [=](auto... xs) mutable { return (xs + ... + n); };
  struct Local { KEEP int m(int x) const { static int s = x; return [s2 = s](int y) KEEP { return y + s2; }(x); } };
  auto l4 = [&]() KEEP { return [&](char c) KEEP { return c + n; }('a'); };
  return l1(n) + l2(n, n) + (int)l2(1.0, 'c') + l3(1, 2, 3) + Local{}.m(n) + l4() + std::function<int(int)>(l1)(2);
}
KEEP int defarg(int n, std::function<int()> f = [] { return 3; }) { return f(); }
struct DA { KEEP int m(int a = [] { return 1; }(), int b = [](int) { return 2; }(1)) { return a; } int nsdmi = [this] KEEP { return 5; }(); };
inline int ivar = [] KEEP { return 42; }();
KEEP int usedef() { return defarg(1) + DA().m() + hidden(0, *(int(*)[3])0, 0, 0, 0, 0, 0) + stat(0,0,0,0,0,0,0,0,0,0,0,0,0,0,0) + ivar; }
enum { unnamedEnum }; template<class T> KEEP void ue(T) {} struct { int q; } unnamedVar; KEEP void useUnnamed() { ue(unnamedEnum); ue(unnamedVar); ue([](Anon*) {}); Anon().m(); }
struct V0 { virtual void v(); virtual ~V0(); int a; }; struct V1 : virtual V0 { void v() override; virtual V1* clone(); ~V1(); int b; }; struct V2 : virtual V0 { virtual void w(); int c; ~V2(); }; struct V3 : V1, V2 { void v() override; void w() override; V3* clone() override; ~V3(); };
void V0::v() {} V0::~V0() {} void V1::v() {} V1* V1::clone() { return this; } V1::~V1() {} void V2::w() {} V2::~V2() {} void V3::v() {} void V3::w() {} V3* V3::clone() { return this; } V3::~V3() {}
thread_local std::string tls("x"); KEEP const char* usetls() { return tls.c_str(); }
KEEP std::string& guard() { static std::string s("y"); return s; }
const S& reft = S(3); const std::initializer_list<S>& ilr = {S(1), S(2)}; KEEP const void* useref() { return (const char*)&reft + (long)&ilr; }
struct Inh : S { using S::S; }; KEEP Inh useinh() { return Inh(3); }
struct __attribute__((abi_tag("tag1", "tag2"))) Tagged { KEEP Tagged() {} KEEP ~Tagged() {} }; KEEP Tagged tagf() { return Tagged(); } KEEP __attribute__((abi_tag("foo"))) int tagv(Tagged&) { return 1; }
template<class T> KEEP void vend(T) {}
KEEP void ref(std::unique_ptr<int>&&, std::shared_ptr<S> const&, std::string_view, std::ostream&, std::istream&, std::iostream&) {}
template<class T> concept Addable = requires(T a) { a + a; { a + 1 } noexcept; typename T::type; };
template<class T> KEEP T con(T t) requires (sizeof(T) > 1) { return t; } template int con<int>(int);
template<typename T> KEEP bool operator==(const std::vector<T>&, const Out<T>&) { return 1; } template bool operator==<int>(const std::vector<int>&, const Out<int>&);
template<typename T> KEEP auto operator<=>(const Out<T>&, const Out<T>&) { return 1; } template auto operator<=><int>(const Out<int>&, const Out<int>&);
template<typename T> KEEP int operator<(const Out<T>&, T) { return 1; } template int operator< <int>(const Out<int>&, int); template<typename T> KEEP int operator<<(const Out<T>&, T) { return 1; } template int operator<< <int>(const Out<int>&, int);
extern "C" KEEP int cfun(int (*)(int)) { return 0; } template<int (*F)(int (*)(int))> KEEP void cf() {} template void cf<&cfun>();
template<class F, class... A> KEEP auto inv(F&& f, A&&... a) -> decltype(std::forward<F>(f)(std::forward<A>(a)...)) { return f(a...); } template auto inv<int(&)(int), int>(int(&)(int), int&&) -> int;
template<class T> KEEP auto pf(T p) -> decltype(p->*(&S::x), ++*p, (*p)--, !p, p == nullptr) { return 1; }
template<class T, T... I> KEEP void iseq(std::integer_sequence<T, I...>) {} template void iseq<int, 0, 1, -2>(std::integer_sequence<int, 0, 1, -2>);
template<class T> struct Conv { template<class U> KEEP operator Conv<U>() const { return {}; } template<class U> KEEP operator U*() { return 0; } KEEP operator T() { return T(); } }; template Conv<int>::operator Conv<char>() const; template Conv<int>::operator long*(); template struct Conv<int>;
int main() {}
