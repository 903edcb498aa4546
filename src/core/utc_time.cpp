#include <blender_mcpd/core/utc_time.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace blender_mcpd::core {

std::string utc_time(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    const auto since_epoch = time.time_since_epoch();
    const auto whole = floor<seconds>(since_epoch);
    const std::time_t clock = whole.count();
    std::tm parts{};
    ::gmtime_r(&clock, &parts);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", parts,
                       duration_cast<milliseconds>(since_epoch - whole).count());
}

}  // namespace blender_mcpd::core
