package main

import "github.com/hoithi/hoithi/server/files"

// fileFlags bound what organizers may upload.
type fileFlags struct {
	MaxImageMB int64 `name:"max-image-mb" help:"Largest picture of a question, in MB (at most 20)." default:"2" env:"HOITHI_MAX_IMAGE_MB"`
	MaxAudioMB int64 `name:"max-audio-mb" help:"Largest sound of a question, in MB." default:"10" env:"HOITHI_MAX_AUDIO_MB"`
	MaxVideoMB int64 `name:"max-video-mb" help:"Largest film of a question, in MB." default:"50" env:"HOITHI_MAX_VIDEO_MB"`
	MaxBankMB  int64 `name:"max-bank-mb" help:"All files of one bank of questions, in MB." default:"1000" env:"HOITHI_MAX_BANK_MB"`
}

func (f fileFlags) limits() files.Limits {
	return files.Limits{Image: min(f.MaxImageMB, 20) << 20, Audio: f.MaxAudioMB << 20, Video: f.MaxVideoMB << 20, Owner: f.MaxBankMB << 20}
}
