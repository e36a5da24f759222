/** Files over SFTP version 3 (draft-ietf-secsh-filexfer-02 and OpenSSH's PROTOCOL), pipelined. */
@NullMarked
package io.waybill.transfer.sftp;

import org.jspecify.annotations.NullMarked;
