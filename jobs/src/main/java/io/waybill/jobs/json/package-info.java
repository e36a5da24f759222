/** Plain values to JSON text and back; the only package that knows the JSON library. */
@NullMarked
package io.waybill.jobs.json;

import org.jspecify.annotations.NullMarked;
