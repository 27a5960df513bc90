/** What the whole service promises, tried on the whole service. */
package dev.chronodesk.app;
