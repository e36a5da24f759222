/** Tests of announcing and finding. */
@NullMarked
package io.waybill.transfer.discovery;

import org.jspecify.annotations.NullMarked;
