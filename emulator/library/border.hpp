// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "emulator/library/quasimodem.h"

namespace quasimodem::library {

/// Why a call does not end with QM_OK.
class Refusal : public std::runtime_error {
 public:
  Refusal(qm_result result, const std::string& why) : std::runtime_error{why}, result_{result} {}
  qm_result result() const { return result_; }

 private:
  qm_result result_;
};

[[noreturn]] inline void invalid(const std::string& why) { throw Refusal{QM_INVALID_ARGUMENT, why}; }

/// Keeps the text for qm_error_text; gives `result` back. Takes no memory, of which there may be none.
qm_result failed(qm_result result, std::string_view text) noexcept;
const char* error_text() noexcept;

/// The border to C: no exception leaves it.
template <class Body>
qm_result guarded(const Body& body) noexcept {
  try {
    body();
    return QM_OK;
  } catch (const Refusal& refusal) {
    return failed(refusal.result(), refusal.what());
  } catch (const std::bad_alloc&) {
    return failed(QM_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return failed(QM_INTERNAL, error.what());
  } catch (...) {
    return failed(QM_INTERNAL, "an unknown exception");
  }
}

/// The same where there is a value: `otherwise` when it cannot be had.
template <class Value, class Body>
Value value_or(Value otherwise, const Body& body) noexcept {
  guarded([&] { otherwise = body(); });
  return otherwise;
}

}  // namespace quasimodem::library
