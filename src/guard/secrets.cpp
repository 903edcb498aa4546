#include <blender_mcpd/guard/secrets.hpp>

#include <algorithm>
#include <string>

namespace blender_mcpd::guard {

namespace {

constexpr std::string_view secret_words[] = {"TOKEN",  "SECRET",  "PASSW",   "CREDENTIAL",
                                             "APIKEY", "API_KEY", "PRIVATE", "ACCESS_KEY",
                                             "AUTH",   "_KEY",    "COOKIE"};

constexpr std::string_view secret_places[] = {".ssh",
                                              "id_rsa",
                                              "id_ed25519",
                                              "/etc/shadow",
                                              "/etc/passwd",
                                              "/etc/sudoers",
                                              ".aws/",
                                              ".netrc",
                                              ".gnupg",
                                              ".git-credentials",
                                              ".pgpass",
                                              ".kube/config",
                                              ".docker/config.json",
                                              ".npmrc",
                                              ".pypirc",
                                              "/proc/self/environ",
                                              "login data",
                                              "cookies.sqlite",
                                              "logins.json",
                                              ".bash_history",
                                              ".config/gcloud",
                                              "keychain",
                                              "wallet.dat"};

template <typename List>
bool contains_any(std::string_view text, const List& list) {
    return std::any_of(std::begin(list), std::end(list), [&](std::string_view part) {
        return text.find(part) != std::string_view::npos;
    });
}

std::string recased(std::string_view text, char from, char to) {
    std::string out(text.substr(0, 1'000));
    for (auto& c : out) {
        if (c >= from && c <= to) c = static_cast<char>(c ^ 0x20);
    }
    return out;
}

}  // namespace

bool is_secret_variable(std::string_view name) {
    return contains_any(recased(name, 'a', 'z'), secret_words);
}

bool is_key_file(std::string_view path) {
    constexpr std::string_view files[] = {
        "id_rsa",     "id_ed25519", "id_ecdsa",         "/etc/shadow", ".aws/credentials",
        ".netrc",     ".gnupg/",    ".git-credentials", ".pgpass",     "logins.json",
        "wallet.dat", "/.ssh/id",   "login data"};
    return contains_any(recased(path, 'A', 'Z'), files);
}

bool is_secret_path(std::string_view path) {
    return contains_any(recased(path, 'A', 'Z'), secret_places);
}

}  // namespace blender_mcpd::guard
