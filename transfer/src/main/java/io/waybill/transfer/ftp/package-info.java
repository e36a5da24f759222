/**
 * Files over FTP and FTPS (RFC 959, 2428, 3659, 4217), with what FTP itself does not promise
 * checked.
 */
@NullMarked
package io.waybill.transfer.ftp;

import org.jspecify.annotations.NullMarked;
