/** Opens, protects and bounds the sockets of every mail protocol. */
@NullMarked
package io.waybill.mail.net;

import org.jspecify.annotations.NullMarked;
