/** Tests of proxies. */
@NullMarked
package io.waybill.transfer.proxy;

import org.jspecify.annotations.NullMarked;
