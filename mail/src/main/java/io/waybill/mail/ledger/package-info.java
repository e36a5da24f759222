/** The ledger of incoming mail in a database, shared by the nodes that use it. */
@NullMarked
package io.waybill.mail.ledger;

import org.jspecify.annotations.NullMarked;
