/** What is read out of pages of web servers. */
@NullMarked
package io.waybill.jobs.http;

import org.jspecify.annotations.NullMarked;
