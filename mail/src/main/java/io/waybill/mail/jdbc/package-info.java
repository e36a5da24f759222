/** What everything of this module that lies in a database shares: its tables and transactions. */
@NullMarked
package io.waybill.mail.jdbc;

import org.jspecify.annotations.NullMarked;
