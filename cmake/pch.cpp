// SPDX-License-Identifier: Apache-2.0
// Owner of the precompiled headers that every target reuses.
