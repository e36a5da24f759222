/** Reads and writes local files safely: part file, journal, force, publish, confinement. */
@NullMarked
package io.waybill.transfer.file;

import org.jspecify.annotations.NullMarked;
