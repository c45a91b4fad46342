// Package jpegclean takes out of a JPEG photo what a camera writes beside the
// picture: where it was taken, when, with which device, by whom, and smaller
// copies of the picture. What is needed to show it right stays: how it is
// turned, its colours.
//
// It walks the file's segments and copies those it knows to be needed; it
// decodes no picture.
package jpegclean
