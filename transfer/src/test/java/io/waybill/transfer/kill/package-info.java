/** What the tests that kill a process in the middle of a transfer share, and those over servers. */
@NullMarked
package io.waybill.transfer.kill;

import org.jspecify.annotations.NullMarked;
