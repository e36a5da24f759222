/** Makes one tree like another: compares two listings, plans what to do, and carries it out. */
@NullMarked
package io.waybill.transfer.sync;

import org.jspecify.annotations.NullMarked;
