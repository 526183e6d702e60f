// The source of rust.tsv: rustc -O, with and without -C symbol-mangling-version=v0.
use std::fmt::Debug;
pub struct A<T, const N: usize>([T; N]);
pub trait Tr<'a> { type O; fn g(&'a self) -> Self::O; }
impl<'a, T: Debug + 'a, const N: usize> Tr<'a> for A<T, N> { type O = &'a T; #[inline(never)] fn g(&'a self) -> &'a T { &self.0[0] } }
#[inline(never)] pub fn h<F: Fn(i32) -> i32>(f: F) -> i32 { f(3) }
#[inline(never)] pub fn d(x: &dyn for<'a> Fn(&'a str, &'a (dyn Debug + Send)) -> &'a str) -> usize { x("a", &1).len() }
#[inline(never)] pub fn k<const C: char, const B: bool, const I: i8>() -> i8 { println!("{}{}", C, B); I }
#[inline(never)] pub fn gen<T: ?Sized>(t: &T) -> usize { std::mem::size_of_val(t) }
mod größe { #[inline(never)] pub fn fläche(x: u8) -> u8 { x.wrapping_mul(x) } }
unsafe extern "C" fn cb(_x: *const u8, _y: *mut [u16; 3]) {}
fn main() {
  let a = A([1u8, 2, 3]); println!("{:?}", a.g());
  let q = std::env::args().count() as i32;
  println!("{}", h(|x| h(|y| y + q + x)));
  println!("{}", d(&|x, _| x));
  println!("{}", k::<'x', true, -5>() + k::<'é', false, 7>() + k::<'\'', false, 7>()+ k::<'\n', false, 7>());
  println!("{}", gen(&(1u8, "x")) + gen("abc") + gen(&[1, 2][..]) + gen(&(cb as unsafe extern "C" fn(*const u8, *mut [u16; 3]))) + gen(&(1,)) + gen(&(main as fn())) + gen::<dyn for<'a> Tr<'a, O=&'a u8>>(&a));
  println!("{}", größe::fläche(q as u8));
  let b: Box<dyn Debug + Send> = Box::new(5); println!("{:?}", b);
}
