/** Archives of this machine: written and unpacked whole or not at all, whatever is in them. */
@NullMarked
package io.waybill.jobs.archive;

import org.jspecify.annotations.NullMarked;
