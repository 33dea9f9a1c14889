#include "workloads/routing.hpp"
