/** The vocabulary of mail: what is sent, to whom, over which account, and what became of it. */
@NullMarked
package io.waybill.mail;

import org.jspecify.annotations.NullMarked;
