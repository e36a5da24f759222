/** Makes the subject, the texts and the images of a mail from templates and plain data. */
@NullMarked
package io.waybill.mail.template;

import org.jspecify.annotations.NullMarked;
