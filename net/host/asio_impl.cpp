// SPDX-License-Identifier: Apache-2.0
// The compiled half of Asio: everything else sees declarations only (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
