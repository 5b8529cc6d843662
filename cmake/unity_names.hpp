// SPDX-License-Identifier: Apache-2.0
// For builds in which several source files share a compilation (QUASIMODEM_UNITY): the names that every file of a kind
// has for its table get the unit's own ending. QM_UNIT is CMake's, another one for each file.
#pragma once

#define QM_UNIT_NAME_OF(name, unit) name##_##unit
#define QM_UNIT_NAME(name, unit) QM_UNIT_NAME_OF(name, unit)

#define kCommands QM_UNIT_NAME(kCommands, QM_UNIT)
#define kFooter QM_UNIT_NAME(kFooter, QM_UNIT)
#define kMethods QM_UNIT_NAME(kMethods, QM_UNIT)
#define kUsage QM_UNIT_NAME(kUsage, QM_UNIT)
