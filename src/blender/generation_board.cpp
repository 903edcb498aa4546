#include "generation_board.hpp"

#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::blender {

namespace {

// As the runtime lays it out: 16 random bytes, then words of 64 bits.
constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t page_bytes = 4096;  // of the smallest pages
enum Word : std::size_t { seen, unseen, unwatched };

std::optional<std::int64_t> number(const core::RawObject& object, std::string_view name) {
    const auto raw = object.find(name).value_or("");
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error != std::errc() || end != raw.data() + raw.size()) return {};
    return value;
}

std::string hex(const void* page) {
    const auto* bytes = static_cast<const unsigned char*>(page);
    std::string text;
    for (std::size_t i = 0; i < nonce_bytes; ++i)
        text += fmt::format("{:02x}", bytes[i]);
    return text;
}

// Only memory that nobody can take away again: reading what was cut off ends the process.
bool is_lasting(int file) {
    struct stat about {};
    if (fstat(file, &about) != 0 || static_cast<std::size_t>(about.st_size) < page_bytes)
        return false;
    const int seals = fcntl(file, F_GET_SEALS);
    return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
}

}  // namespace

std::unique_ptr<GenerationBoard> GenerationBoard::open(std::string_view hello) {
    const auto members = core::RawObject::scan(hello);
    if (!members) return nullptr;
    const auto process = number(*members, "pid");
    const auto about = core::RawObject::scan(members->find("generation").value_or(""));
    if (!process || !about) return nullptr;
    const auto descriptor = number(*about, "fd");
    const auto nonce = core::unquote(about->find("nonce").value_or(""));
    if (!descriptor || !nonce) return nullptr;

    const auto path = fmt::format("/proc/{}/fd/{}", *process, *descriptor);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) return nullptr;
    void* page =
        is_lasting(file) ? mmap(nullptr, page_bytes, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    ::close(file);
    if (page == MAP_FAILED) return nullptr;
    auto board = std::unique_ptr<GenerationBoard>(new GenerationBoard(page));
    // In another container the same numbers are of something else.
    return hex(page) == *nonce ? std::move(board) : nullptr;
}

GenerationBoard::~GenerationBoard() {
    munmap(page_, page_bytes);
}

std::optional<std::uint64_t> GenerationBoard::generation() const {
    auto* words = reinterpret_cast<std::uint64_t*>(static_cast<char*>(page_) + nonce_bytes);
    const auto word = [&](Word which) {
        return std::atomic_ref(words[which]).load(std::memory_order_acquire);
    };
    if (word(unwatched) != 0) return {};
    return word(seen) + word(unseen);
}

}  // namespace blender_mcpd::blender
