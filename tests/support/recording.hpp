// What passes over a connection of a test, for tests/support/wire_judge.py to judge.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <support/catch.hpp>
#include <unistd.h>

namespace blender_mcpd::test {

/// One file in the folder $MCPD_TEST_RECORDINGS; without that variable it does nothing. A file has
/// records: a letter ('#' the name of the test, '>' sent by the client, '<' received), the size in
/// eight hexadecimal digits, and the bytes. A conversation that is longer than the limit is not
/// recorded to its end.
class Recording {
  public:
    /// `kind`: "http" or "lines".
    explicit Recording(const char* kind) {
        const char* folder = std::getenv("MCPD_TEST_RECORDINGS");
        if (folder == nullptr) return;
        static int count = 0;
        const auto path = std::string(folder) + "/" + kind + "-" + std::to_string(::getpid()) +
                          "-" + std::to_string(++count);
        file_ = std::fopen(path.c_str(), "ae");
        add('#', Catch::getResultCapture().getCurrentTestName());
    }
    ~Recording() {
        if (file_ != nullptr) (void)std::fclose(file_);
    }
    Recording(Recording&& other) noexcept : file_(other.file_), size_(other.size_) {
        other.file_ = nullptr;
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    Recording& operator=(Recording&&) = delete;

    void sent(std::string_view bytes) { add('>', bytes); }
    void received(std::string_view bytes) { add('<', bytes); }

  private:
    static constexpr std::size_t limit = std::size_t{4} << 20;

    void add(char kind, std::string_view bytes) {
        if (file_ == nullptr || bytes.empty() || size_ > limit) return;
        size_ += bytes.size();
        (void)std::fprintf(file_, "%c%08zx", kind, bytes.size());
        (void)std::fwrite(bytes.data(), 1, bytes.size(), file_);
    }

    std::FILE* file_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace blender_mcpd::test
