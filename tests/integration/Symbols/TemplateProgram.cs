namespace MemTools.IntegrationTests.Symbols;

/// <summary>A C++ program for symbolizers to work on.</summary>
internal static class TemplateProgram
{
    /// <summary>Containers of containers, visitors, recursion by templates, lambdas, virtual calls and exceptions: some hundred KB of debug information.</summary>
    public const string Source = """
        #include <algorithm>
        #include <functional>
        #include <map>
        #include <memory>
        #include <numeric>
        #include <regex>
        #include <set>
        #include <sstream>
        #include <stdexcept>
        #include <string>
        #include <unordered_map>
        #include <variant>
        #include <vector>

        namespace shapes {
        struct Shape { virtual ~Shape() = default; virtual double area() const = 0; };
        template <int Sides> struct Polygon : Shape {
            std::vector<double> edges = std::vector<double>(Sides, Sides * 0.5);
            double area() const override { return std::accumulate(edges.begin(), edges.end(), 0.0, [](double a, double b) { return a * 1.5 + b; }); }
        };
        template <int N> void build(std::vector<std::unique_ptr<Shape>>& into) {
            into.push_back(std::make_unique<Polygon<N>>());
            if constexpr (N > 3) build<N - 1>(into);
        }
        }

        template <typename T> struct Tree {
            struct Node { T value; std::unique_ptr<Node> left, right; };
            std::unique_ptr<Node> root;
            void insert(T value) {
                auto* at = &root;
                while (*at) at = value < (*at)->value ? &(*at)->left : &(*at)->right;
                *at = std::make_unique<Node>(Node{std::move(value), nullptr, nullptr});
            }
            template <typename F> void visit(const F& f) const { walk(root.get(), f); }
            template <typename F> static void walk(const Node* n, const F& f) { if (n) { walk(n->left.get(), f); f(n->value); walk(n->right.get(), f); } }
        };

        template <typename Key, typename Value> std::size_t fill(int n) {
            std::map<Key, std::vector<Value>> ordered;
            std::unordered_map<int, std::set<Key>> buckets;
            for (int i = 0; i < n; i++) {
                std::ostringstream text;
                text << i * 7919 % 1000;
                Key key{};
                if constexpr (std::is_same_v<Key, std::string>) key = text.str(); else key = static_cast<Key>(i);
                ordered[key].push_back(Value{});
                buckets[i % 17].insert(key);
            }
            std::size_t total = ordered.size();
            for (auto& [k, v] : buckets) { total += v.size(); if (total > 1000000) throw std::runtime_error("too many: " + std::to_string(k)); }
            return total;
        }

        using Any = std::variant<int, double, std::string, std::vector<int>>;
        static std::string show(const Any& any) {
            return std::visit([](const auto& v) -> std::string {
                using T = std::decay_t<decltype(v)>;
                if constexpr (std::is_same_v<T, std::string>) return v;
                else if constexpr (std::is_same_v<T, std::vector<int>>) { std::string s; for (int i : v) s += std::to_string(i) + ","; return s; }
                else return std::to_string(v);
            }, any);
        }

        int main(int argc, char** argv) {
            std::vector<std::unique_ptr<shapes::Shape>> all;
            shapes::build<24>(all);
            std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->area() < b->area(); });
            Tree<std::string> words;
            Tree<long> numbers;
            for (int i = 0; i < argc + 40; i++) { words.insert(std::to_string(i * 31 % 47)); numbers.insert(i * 37L % 41); }
            std::size_t length = 0;
            words.visit([&](const std::string& w) { length += w.size(); });
            numbers.visit([&](long n) { length += n; });
            std::function<int(int)> fibonacci = [&](int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); };
            try {
                length += fill<std::string, double>(200) + fill<int, std::string>(200) + fill<long, std::vector<char>>(100) + fill<unsigned short, std::pair<int, std::string>>(100);
            } catch (const std::exception& e) {
                length += std::string(e.what()).size();
            }
            std::regex pattern("([a-z]+)=([0-9]+)");
            std::smatch match;
            std::string line = argc > 1 ? argv[1] : "size=42";
            if (std::regex_match(line, match, pattern)) length += match.size();
            for (const Any& any : {Any{1}, Any{2.5}, Any{line}, Any{std::vector<int>{1, 2, 3}}}) length += show(any).size();
            return static_cast<int>(length + fibonacci(10)) == 0;
        }
        """;
}
