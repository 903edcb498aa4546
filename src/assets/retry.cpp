#include "retry.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace blender_mcpd::assets {

std::optional<std::chrono::seconds> retry_after(std::string_view header, std::time_t now) {
    constexpr long most_seconds = 1'000'000'000;
    long seconds = 0;
    const auto* const end = header.data() + header.size();
    if (const auto [at, error] = std::from_chars(header.data(), end, seconds);
        error == std::errc() && at == end)
        return seconds < 0 ? std::optional<std::chrono::seconds>()
                           : std::chrono::seconds(std::min(seconds, most_seconds));
    std::tm date{};
    const std::string text(header);
    const char* const rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    return std::chrono::seconds(std::max<std::time_t>(::timegm(&date) - now, 0));
}

bool is_temporary_status(int status) {
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::chrono::milliseconds backoff(int attempts) {
    constexpr std::chrono::milliseconds first{500};
    constexpr int most_doublings = 6;
    return first * (1 << std::clamp(attempts - 1, 0, most_doublings));
}

}  // namespace blender_mcpd::assets
