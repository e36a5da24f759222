/** Keeps runs and attempts in a database, each claim with an owner, a lease and a fencing token. */
@NullMarked
package io.waybill.scheduler.store;

import org.jspecify.annotations.NullMarked;
