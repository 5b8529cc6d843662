// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "emulator/app/base/json.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/target.hpp"

namespace quasimodem::app::control {

enum class Dispatched { answered, waits };

/// Carries out one request line. `reply` gets the answer, now or later; in the second case `answered_later` is called
/// before it. Whatever the line is, there is exactly one answer.
Dispatched dispatch(std::string_view line, Target& target, Subscriber& client,
                    const std::function<void(const Json&)>& reply, const std::function<void()>& answered_later);

/// Writes a request of a method that changes something into the journal, before its effects.
void note_request(Target& target, const Method& method, const Json& params);

/// `{"id":…,"error":{"code":…,"message":"…"}}`
Json failure_line(const Json& id, const Failure& failure);

}  // namespace quasimodem::app::control
