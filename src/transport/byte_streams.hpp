// The two directions of a conversation: what is read from, and what is written to.
#pragma once

#include "coroutines.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace blender_mcpd::transport {

using IoResult = std::tuple<boost::system::error_code, std::size_t>;

class ByteStreams {
  public:
    virtual ~ByteStreams() = default;
    /// At least one byte, or an error; asio::error::eof at the end.
    virtual boost::asio::awaitable<IoResult> read_some(boost::asio::mutable_buffer into) = 0;
    /// All of it, or an error.
    virtual boost::asio::awaitable<IoResult> write(boost::asio::const_buffer bytes) = 0;
    /// What can be written without waiting, from the front; returns how many bytes. None on an
    /// error, too, which the next write() tells. Not while a write() waits.
    virtual std::size_t write_now(boost::asio::const_buffer bytes) = 0;
    /// Nothing more is read; a read that waits ends. Writing goes on. Idempotent.
    virtual void close_input() = 0;
    /// Nothing more is written; a write that waits ends. Closes the input, too. Idempotent.
    virtual void close() = 0;

    /// For records of calls; a constant.
    [[nodiscard]] virtual std::string_view transport() const = 0;
    /// For the log.
    [[nodiscard]] virtual std::string input_name() const = 0;
    [[nodiscard]] virtual std::string output_name() const = 0;
};

}  // namespace blender_mcpd::transport
